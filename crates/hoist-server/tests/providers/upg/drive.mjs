// Validates product graphs: one document a line on standard input, one JSON answer a line on standard output. The test
// that starts this script holds every expectation; nothing is judged here.

import { createInterface } from 'node:readline';
import { validateUPGDocument } from '@unified-product-graph/core';

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(validateUPGDocument(JSON.parse(line)))}\n`);
}
