// SPDX-License-Identifier: MIT
// Asks for a page that pushes others, then for a range: node nodejs_extras.js CA URL. Prints what
// came, as JSON: {pushed: {path: [status, length, sha256]}, hints, trailers: {path: x-end}, range}.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http2 = require('http2');

const [ca, url] = process.argv.slice(2);
const session = http2.connect(url, {ca: fs.readFileSync(ca)});
const seen = {pushed: {}, hints: [], trailers: {}, range: null};

function collect(stream) {
  return new Promise((resolve, reject) => {
    const hash = crypto.createHash('sha256');
    let length = 0;
    stream.on('data', (octets) => {
      length += octets.length;
      hash.update(octets);
    });
    stream.on('end', () => resolve([length, hash.digest('hex')]));
    stream.on('error', reject);
  });
}

async function ask(path, fields) {
  const stream = session.request({':path': path, ...fields});
  const answer = {};
  stream.on('headers', (hint) => seen.hints.push(...[].concat(hint.link)));
  stream.on('response', (response) => { answer.fields = response; });
  stream.on('trailers', (trailers) => { seen.trailers[path] = trailers['x-end']; });
  answer.body = await collect(stream);
  return answer;
}

const pushes = [];
session.on('stream', (stream, request) => {
  pushes.push(new Promise((resolve) => {
    let status = 0;
    stream.on('push', (response) => { status = response[':status']; });
    collect(stream).then((body) => {
      seen.pushed[request[':path']] = [status, ...body];
      resolve();
    });
  }));
});

async function all() {
  await ask('/sub/', {});
  await Promise.all(pushes);
  const part = await ask('/frame', {range: 'bytes=100-199'});
  seen.range = [part.fields[':status'], ...part.body, part.fields['content-range']];
  session.close();
  console.log(JSON.stringify(seen));
}

function fail(error) {
  console.error(error.message);
  process.exit(1);
}

session.on('error', fail);
all().catch(fail);
