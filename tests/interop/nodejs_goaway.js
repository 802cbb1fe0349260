// SPDX-License-Identifier: MIT
// Asks for a large file and, when its first octets are there, has the server stop:
// node nodejs_goaway.js CA URL PID. Prints what came, as JSON: {body: [length, sha256], goaways:
// [code], error}.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http2 = require('http2');

const [ca, url, pid] = process.argv.slice(2);
const session = http2.connect(url, {ca: fs.readFileSync(ca)});
const seen = {body: null, goaways: [], error: null};
const stream = session.request({':path': '/big'});
const hash = crypto.createHash('sha256');
let length = 0;

session.on('goaway', (code) => {
  if (!seen.goaways.includes(code)) {
    seen.goaways.push(code);
  }
});
session.on('error', (error) => { seen.error = error.message; });
stream.on('error', (error) => { seen.error = error.message; });
stream.on('data', (octets) => {
  if (length === 0) {
    process.kill(Number(pid), 'SIGTERM');
  }
  length += octets.length;
  hash.update(octets);
});
stream.on('end', () => { seen.body = [length, hash.digest('hex')]; });
session.on('close', () => console.log(JSON.stringify(seen)));
