// Writes records to a broker by gRPC, reads them back, and provokes refusals, all from the .proto files alone.
//
//   node round-trip.js PROTO_DIRECTORY HOST:PORT COUNT
//
// Prints one line of JSON: what it has seen. Fails if a call fails that should not.
'use strict';

const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [protos, endpoint, countText] = process.argv.slice(2);
const count = Number(countText);
const topic = 'from-node';

const definition = loader.loadSync(
  ['topics.proto', 'records.proto', 'partitions.proto'].map(file => path.join('granary', 'v1', file)),
  { includeDirs: [protos], longs: Number, enums: String, defaults: true, oneofs: true });
const { granary } = grpc.loadPackageDefinition(definition);
const insecure = grpc.credentials.createInsecure();
const topics = new granary.v1.Topics(endpoint, insecure);
const records = new granary.v1.Records(endpoint, insecure);

const unary = (call, request) =>
  new Promise((resolve, reject) =>
    topics[call](request, { deadline: Date.now() + 20_000 }, (failure, answer) =>
      failure ? reject(failure) : resolve(answer)));

/** Writes while the stream takes it, and waits while it does not. */
async function produce(messages) {
  const stream = records.Produce();
  const acknowledged = new Promise((resolve, reject) => {
    const all = [];
    stream.on('data', answer => all.push(...answer.acknowledgements));
    stream.on('end', () => resolve(all));
    stream.on('error', reject);
  });
  for (const message of messages) {
    if (!stream.write(message)) {
      await new Promise(resolve => stream.once('drain', resolve));
    }
  }
  stream.end();
  return acknowledged;
}

function consume(wanted) {
  return new Promise((resolve, reject) => {
    const all = [];
    const stream = records.Consume({ topic, start: { beginning: true } });
    stream.on('data', answer => {
      all.push(...answer.records);
      if (all.length >= wanted) {
        stream.cancel();
        resolve(all);
      }
    });
    stream.on('error', failure => (all.length >= wanted ? undefined : reject(failure)));
  });
}

function refusal(failure) {
  return { code: grpc.status[failure.code], details: failure.details };
}

/** The listener comes up a moment after the broker serves Kafka clients. */
const connected = () =>
  new Promise((resolve, reject) =>
    topics.waitForReady(Date.now() + 60_000, failure => (failure ? reject(failure) : resolve())));

async function main() {
  await connected();
  await unary('CreateTopic', { name: topic, partitions: 3 });
  const listed = (await unary('ListTopics', {})).topics.map(each => each.name);

  const messages = [{ settings: { acks: 'ALL' } }];
  for (let i = 0; i < count; i++) {
    messages.push({
      records: [{
        id: i,
        topic,
        key: Buffer.from('key-' + (i % 10)),
        value: Buffer.from('value-' + i),
        headers: [{ key: 'n', value: Buffer.from(String(i)) }],
      }],
    });
  }
  messages.push({ records: [{ id: count, topic: 'not-there', value: Buffer.from('x') }] });
  const acknowledged = await produce(messages);
  const refused = acknowledged.filter(each => each.refusal);

  const read = await consume(count);
  const lastOfKey = new Map();
  let outOfOrder = 0;
  for (const record of read) {
    const key = record.key.toString();
    const number = Number(record.headers[0].value.toString());
    if (record.value.toString() !== 'value-' + number || number <= (lastOfKey.get(key) ?? -1)) {
      outOfOrder++;
    }
    lastOfKey.set(key, number);
  }

  const again = await unary('CreateTopic', { name: topic }).then(() => null, refusal);
  const nowhere = await unary('DescribeTopic', { name: 'not-there' }).then(() => null, refusal);
  await unary('DeleteTopic', { name: topic });

  console.log(JSON.stringify({
    listed: listed.includes(topic),
    acknowledged: acknowledged.length - refused.length,
    inOrder: acknowledged.every((each, i) => each.id === i),
    refused: refused.map(each => ({ id: each.id, reason: each.refusal.reason })),
    read: read.length,
    outOfOrder,
    again,
    nowhere,
  }));
}

main().then(
  () => process.exit(0),
  failure => {
    console.error(failure);
    process.exit(1);
  });
