// Drives the official OFREP providers: one JSON command a line on standard input, one JSON answer a line on standard
// output. The test that starts this script holds every expectation; nothing is judged here.

import { createInterface } from 'node:readline';
import { EventSource } from 'eventsource';
import { OpenFeature as Server } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature as Web, ProviderEvents } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';

// Node 20 has no EventSource of its own; browsers do.
globalThis.EventSource = EventSource;

// What the providers send and get, as a proxy would see it.
const exchanges = [];
const send = globalThis.fetch;
globalThis.fetch = async (resource, init) => {
  const request = new Request(resource, init);
  const response = await send(request);
  if (request.method === 'POST') {
    exchanges.push({
      url: request.url,
      ifNoneMatch: request.headers.get('if-none-match'),
      status: response.status,
      etag: response.headers.get('etag'),
    });
  }
  return response;
};

const events = [];
const waiting = new Set();

function happened(name, details) {
  events.push({ name, flagsChanged: details?.flagsChanged, message: details?.message });
  for (const check of waiting) check();
}

/** Resolves when `name` has happened more than `after` times. The test's own time limit ends a wait in vain. */
function once(name, after) {
  return new Promise((resolve) => {
    const check = () => {
      const seen = events.filter((event) => event.name === name);
      if (seen.length > after) {
        waiting.delete(check);
        resolve(seen[after]);
      }
    };
    waiting.add(check);
    check();
  });
}

function answer(details) {
  const { value, variant, reason, errorCode, errorMessage, flagMetadata } = details;
  return { value, variant, reason, errorCode, errorMessage, flagMetadata };
}

const METHODS = {
  boolean: 'getBooleanDetails',
  string: 'getStringDetails',
  number: 'getNumberDetails',
  object: 'getObjectDetails',
};

const commands = {
  async server({ url, token }) {
    const headers = token ? [['Authorization', `Bearer ${token}`]] : [];
    await Server.setProviderAndWait(new OFREPProvider({ baseUrl: url, headers }));
    return {};
  },
  async evaluate({ kind, key, fallback, context }) {
    return answer(await Server.getClient()[METHODS[kind]](key, fallback, context));
  },
  async web({ url, token, context, pollInterval }) {
    await Web.clearProviders();
    events.length = 0;
    for (const name of Object.values(ProviderEvents)) {
      Web.addHandler(name, (details) => happened(name, details));
    }
    await Web.setContext(context);
    const headers = token ? [['Authorization', `Bearer ${token}`]] : [];
    const provider = new OFREPWebProvider({ baseUrl: url, headers, pollInterval: pollInterval ?? 0, cacheMode: 'disabled' });
    try {
      await Web.setProviderAndWait(provider);
      return { status: Web.getClient().providerStatus };
    } catch (error) {
      return { status: Web.getClient().providerStatus, error: String(error?.message ?? error), code: error?.code };
    }
  },
  async webEvaluate({ kind, key, fallback }) {
    return answer(Web.getClient()[METHODS[kind]](key, fallback));
  },
  async webContext({ context }) {
    await Web.setContext(context);
    return {};
  },
  async webEvent({ name, after }) {
    return once(name, after ?? 0);
  },
  async webEvents() {
    return events;
  },
  async exchanges() {
    return exchanges.splice(0);
  },
  async telemetry(command) {
    return (await import('./otlp.mjs')).telemetry(command);
  },
  async shop(command) {
    return (await import('./otlp.mjs')).shop(command);
  },
  async flush() {
    return (await import('./otlp.mjs')).flush();
  },
  async stop() {
    await Web.close();
    await Server.close();
    return {};
  },
};

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const { op, ...rest } = JSON.parse(line);
  let result;
  try {
    result = await commands[op](rest);
  } catch (error) {
    result = { failed: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (op === 'stop') process.exit(0);
}
