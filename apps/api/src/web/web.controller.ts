import { readFileSync } from 'node:fs';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../http/access.js';

/** The same from the sources and from `dist/`, which mirrors the tree one folder deeper. */
const FOLDERS = ['../../../web/public/', '../../../../../apps/web/public/'];
const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page at `/`. */
@ApiExcludeController()
@Public()
@Controller()
export class WebController {
  private readonly page = load('index.html');
  private readonly style = load('portus.css');

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  index(): string {
    return this.page;
  }

  @Get('portus.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  css(): string {
    return this.style;
  }
}

function load(name: string): string {
  for (const folder of FOLDERS) {
    try {
      return readFileSync(new URL(`${folder}${name}`, import.meta.url), 'utf8');
    } catch {
      continue;
    }
  }
  throw new Error(`apps/web/public/${name} is missing`);
}
