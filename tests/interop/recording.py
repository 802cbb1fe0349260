# SPDX-License-Identifier: MIT
"""A relay on loopback that writes what passes to a capture file, as if it had been seen on a wire.
No rights are needed for that, unlike for a capture of the interface."""
import socket
import struct
import threading

CLIENT, SERVER = 0, 1
PORTS = (40000, 443)
MOST = 1400  # octets of a packet
FIN, SYN, PSH, ACK = 1, 2, 8, 16
LINK_RAW_IP = 101


def packet(side, sequence, acknowledged, flags, payload=b""):
    """An IPv4 packet with a TCP segment; checksums are left to others to ignore."""
    tcp = struct.pack(">HHIIBBHHH", PORTS[side], PORTS[1 - side], sequence, acknowledged, 5 << 4,
                      flags, 65535, 0, 0) + payload
    addresses = (b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02")
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + addresses[side] \
        + addresses[1 - side] + tcp


class Recording:
    """Takes one connection, passes it on to a port, and keeps its octets in order."""

    def __init__(self, port, path):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target = port
        self.path = path
        self.lock = threading.Lock()
        self.seen = []  # (side, octets)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.target))
        back = threading.Thread(target=self.pass_on, args=(SERVER, server, client), daemon=True)
        back.start()
        self.pass_on(CLIENT, client, server)
        back.join()
        client.close()
        server.close()

    def pass_on(self, side, source, drain):
        try:
            while octets := source.recv(65536):
                with self.lock:
                    self.seen.append((side, octets))
                drain.sendall(octets)
            drain.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def write(self):
        """After the connection has ended: the capture file."""
        self.thread.join(20)
        self.listener.close()
        sequence = [1, 1]
        packets = [packet(CLIENT, 0, 0, SYN), packet(SERVER, 0, 1, SYN | ACK),
                   packet(CLIENT, 1, 1, ACK)]
        for side, octets in self.seen:
            for start in range(0, len(octets), MOST):
                part = octets[start:start + MOST]
                packets.append(packet(side, sequence[side], sequence[1 - side], PSH | ACK, part))
                sequence[side] += len(part)
        for side in (CLIENT, SERVER):
            packets.append(packet(side, sequence[side], sequence[1 - side], FIN | ACK))
        with open(self.path, "wb") as file:
            file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, LINK_RAW_IP))
            for number, one in enumerate(packets):
                file.write(struct.pack("<IIII", number // 1000, number % 1000, len(one), len(one)))
                file.write(one)
