#!/usr/bin/env node
import { keepCompiledCode } from './system/compiledCode.ts';

// What is imported before the cache is on is compiled by every run.
keepCompiledCode(process.env);
await import('./commandLine.ts');
