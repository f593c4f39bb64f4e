import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandFailure, type Input } from './io.js';

/** The terminal, or whatever stdin is. */
export function inputOf(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Input {
  return {
    isTerminal: stdin.isTTY === true && stderr.isTTY === true,
    readAll: (maxBytes) => readAll(stdin, maxBytes),
    askSecret: (question) => askSecret(stdin, stderr, question),
  };
}

async function readAll(stream: NodeJS.ReadStream, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new CommandFailure(`stdin holds more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function askSecret(input: NodeJS.ReadStream, stderr: NodeJS.WriteStream, question: string): Promise<string> {
  stderr.write(question);
  // What readline echoes goes nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => reject(new CommandFailure('nothing was typed')));
    lines.once('line', (line) => {
      resolve(line);
      stderr.write('\n');
      lines.close();
    });
  });
}
