# SPDX-License-Identifier: MIT
"""The servers that are measured: ours, and the peers of Debian, each on one core with one worker.

A server is a function of (place, port, tls) that writes its configuration and returns a command.
haproxy serves no files: it gives one answer to everything, as short as the smallest file.
"""
import measured

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx-{port}.pid; error_log /dev/null crit;
worker_rlimit_nofile 20000;
events {{ worker_connections 15000; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; keepalive_timeout 600s;
  open_file_cache max=100 inactive=600s; client_body_temp_path {folder}/nginx-{port};
  server {{
    listen 127.0.0.1:{port} {how} backlog=4096; root {www}; http2_max_requests 1000000000;
    http2_idle_timeout 600s; http2_recv_timeout 600s; {tls}
  }}
}}
"""
H2O = """
listen: {{ host: 127.0.0.1, port: {port}{tls} }}
num-threads: 1
max-connections: 15000
http2-idle-timeout: 600
hosts: {{ default: {{ paths: {{ "/": {{ file.dir: {www} }} }} }} }}
"""
HAPROXY = """
global
  nbthread 1
  maxconn 9900
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout client 600s
  timeout connect 5s
  timeout server 600s
frontend f
  bind 127.0.0.1:{port} {how}
  http-request return status 200 content-type application/octet-stream string "h2kit\\n"
"""
LIGHTTPD = """
server.document-root = "{www}"
server.port = {port}
server.bind = "127.0.0.1"
server.max-connections = 15000
server.max-fds = 20000
server.max-keep-alive-idle = 600
server.max-read-idle = 600
server.max-keep-alive-requests = 0
server.feature-flags = ( "server.h2proto" => "enable", "server.h2c" => "enable" )
{tls}
"""


def h2_server(place, port, tls):
    end = [port, place.key, place.cert] if tls else ["--no-tls", port]
    return [h2_server.path, "-d", place.www, "-a", "127.0.0.1", "--max-connections=12000",
            "--max-connections-per-client=12000", *end]


def nghttpd(place, port, tls):
    end = [port, place.key, place.cert] if tls else ["--no-tls", port]
    return ["nghttpd", "-d", place.www, "-a", "127.0.0.1", "-n", "1", *end]


def h2o(place, port, tls):
    ssl = f", ssl: {{ certificate-file: {place.cert}, key-file: {place.key} }}" if tls else ""
    text = H2O.format(port=port, tls=ssl, www=place.www)
    return ["h2o", "-c", place.write(f"h2o-{port}.conf", text)]


def nginx(place, port, tls):
    lines = f"ssl_certificate {place.cert}; ssl_certificate_key {place.key};" \
            " ssl_protocols TLSv1.3; ssl_session_cache shared:s:1m;" if tls else ""
    text = NGINX.format(folder=place.folder, port=port, www=place.www, tls=lines,
                        how="ssl http2" if tls else "http2")
    return ["nginx", "-c", place.write(f"nginx-{port}.conf", text)]


def haproxy(place, port, tls):
    how = f"ssl crt {place.both} alpn h2" if tls else "proto h2"
    text = HAPROXY.format(port=port, how=how)
    return ["haproxy", "-db", "-f", place.write(f"haproxy-{port}.conf", text)]


def lighttpd(place, port, tls):
    lines = f'server.modules = ( "mod_openssl" )\nssl.engine = "enable"\n' \
            f'ssl.pemfile = "{place.cert}"\nssl.privkey = "{place.key}"' if tls else ""
    text = LIGHTTPD.format(www=place.www, port=port, tls=lines)
    return ["lighttpd", "-D", "-f", place.write(f"lighttpd-{port}.conf", text)]


PEERS = (nghttpd, h2o, nginx, haproxy, lighttpd)
NO_FILES = ("haproxy",)


def name_of(server):
    return server.__name__.replace("_", "-")


def missing(server):
    """Why a server cannot be measured, or None."""
    program = server(_Nowhere(), 0, False)[0]
    return None if measured.find(str(program)) else f"{name_of(server)} is not installed"


class _Nowhere:
    """A place of which only names are asked."""
    folder = www = key = cert = both = ""

    def write(self, name, text):
        return ""


def start(server, place, tls):
    name = name_of(server)
    port = measured.free_port()
    command = server(place, port, tls)
    command[0] = measured.find(str(command[0]))
    return measured.Program(name, command, place.folder / f"{name}-{port}.log", port)
