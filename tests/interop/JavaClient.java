// SPDX-License-Identifier: MIT
// Asks for a file many times at once: java JavaClient.java URL COUNT. Over http:// this client
// upgrades from HTTP/1.1. Prints "VERSION STATUS LENGTH SHA256" for each answer.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;

public class JavaClient {
    static String line(HttpResponse<byte[]> answer) throws Exception {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(answer.body());
        return answer.version() + " " + answer.statusCode() + " " + answer.body().length + " "
            + HexFormat.of().formatHex(sum);
    }

    public static void main(String[] arguments) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        HttpResponse.BodyHandler<byte[]> octets = HttpResponse.BodyHandlers.ofByteArray();
        // The first one brings the connection, by TLS or by its upgrade; the others share it.
        System.out.println(line(client.send(request, octets)));
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 1; i < Integer.parseInt(arguments[1]); i++) {
            answers.add(client.sendAsync(request, octets));
        }
        for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
            System.out.println(line(answer.get()));
        }
    }
}
