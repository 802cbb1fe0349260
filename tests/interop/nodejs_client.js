// SPDX-License-Identifier: MIT
// Sends requests, all at once on one session: node nodejs_client.js CA URL GET|FILE PATH...
// With a FILE it is the body of POST requests. Prints "STATUS LENGTH SHA256" for each, in order.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http2 = require('http2');

const [ca, url, source, ...paths] = process.argv.slice(2);
const session = http2.connect(url, {ca: fs.readFileSync(ca)});

function fetch(path) {
  return new Promise((resolve, reject) => {
    const stream = session.request({':path': path, ':method': source === 'GET' ? 'GET' : 'POST'});
    const hash = crypto.createHash('sha256');
    let length = 0;
    let status = 0;
    stream.on('response', (fields) => { status = fields[':status']; });
    stream.on('data', (octets) => {
      length += octets.length;
      hash.update(octets);
    });
    stream.on('end', () => resolve(`${status} ${length} ${hash.digest('hex')}`));
    stream.on('error', reject);
    if (source === 'GET') {
      stream.end();
    } else {
      fs.createReadStream(source).pipe(stream);
    }
  });
}

function fail(error) {
  console.error(error.message);
  process.exit(1);
}

session.on('error', fail);
Promise.all(paths.map(fetch)).then((lines) => {
  console.log(lines.join('\n'));
  session.close();
}, fail);
