// SPDX-License-Identifier: MIT
// Sends requests, all at once: go run go_client.go CA GET|FILE URL... With a FILE it is the body of
// POST requests. Prints "PROTOCOL STATUS LENGTH SHA256 TRAILER" for each, in order, and before that
// a line "hint VALUE" for each Link of a 103.
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
)

func fetch(client *http.Client, source string, url string) string {
	request, err := http.NewRequest("GET", url, nil)
	if source != "GET" {
		file, failed := os.Open(source)
		if failed != nil {
			return failed.Error()
		}
		request, err = http.NewRequest("POST", url, file)
	}
	if err != nil {
		return err.Error()
	}
	trace := &httptrace.ClientTrace{Got1xxResponse: func(_ int, fields textproto.MIMEHeader) error {
		fmt.Println("hint", fields.Get("Link"))
		return nil
	}}
	answer, err := client.Do(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	hash := sha256.New()
	length, err := io.Copy(hash, answer.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %d %d %x %s", answer.Proto, answer.StatusCode, length, hash.Sum(nil),
		answer.Trailer.Get("X-End"))
}

func main() {
	pem, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	results := make([]chan string, 0)
	for _, url := range os.Args[3:] {
		result := make(chan string, 1)
		results = append(results, result)
		go func(url string) { result <- fetch(client, os.Args[2], url) }(url)
	}
	for _, result := range results {
		fmt.Println(<-result)
	}
}
