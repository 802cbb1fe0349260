// SPDX-License-Identifier: MIT
// Serves a folder with node's own HTTP/2: node nodejs_server.js FOLDER KEY CERT TLS-PORT PORT
// POST /app/echo returns the body, GET /app/headers the request's fields; informational, many-fields
// and no-content below /app/ are what they say. Each file has a trailer, each connection is a line
// "session" of the output. The header table is as small as can be.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const path = require('path');

const [folder, key, cert, tlsPort, port] = process.argv.slice(2);

function serveFile(stream, requested) {
  const file = path.join(folder, path.basename(requested));
  if (!fs.existsSync(file)) {
    stream.respond({':status': 404}, {endStream: true});
    return;
  }
  stream.respond({':status': 200}, {waitForTrailers: true});
  stream.on('wantTrailers', () => stream.sendTrailers({'x-trailer': 'at the end'}));
  fs.createReadStream(file).pipe(stream);
}

function onStream(stream, fields) {
  stream.on('error', (error) => console.log(error.message));
  if (fields[':path'] === '/app/echo') {
    stream.respond({':status': 200});
    stream.pipe(stream);
  } else if (fields[':path'] === '/app/headers') {
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
    stream.respond({':status': 200});
    stream.end(lines.join(''));
  } else if (fields[':path'] === '/app/informational') {
    stream.additionalHeaders({':status': 103, 'link': '</style.css>; rel=preload'});
    stream.respond({':status': 200});
    stream.end('final');
  } else if (fields[':path'] === '/app/many-fields') {
    const many = {':status': 200};
    for (let i = 0; i < 200; i++) {
      many[`x-field-${i}`] = 'v'.repeat(250);
    }
    stream.respond(many);
    stream.end('fields');
  } else if (fields[':path'] === '/app/no-content') {
    stream.respond({':status': 204}, {endStream: true});
  } else {
    serveFile(stream, fields[':path']);
  }
}

const settings = {headerTableSize: 0};
const options = {key: fs.readFileSync(key), cert: fs.readFileSync(cert)};
for (const [server, where] of [
  [http2.createSecureServer({...options, settings}), tlsPort],
  [http2.createServer({settings}), port],
]) {
  server.on('session', () => console.log('session'));
  server.on('stream', onStream);
  server.listen(Number(where), '127.0.0.1');
}
