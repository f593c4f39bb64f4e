#!/usr/bin/env node
import { runCli } from './cli.js';
import { inputOf } from './terminal.js';

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  input: inputOf(process.stdin, process.stderr),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
