// Which program a container of the image for everything is, as in Portus: the api, or with PORTUS_BACKGROUND=true the worker.
const role = process.env.PORTUS_BACKGROUND === 'true' ? 'worker' : 'api';
await import(new URL(`./dist/programs/${role}.js`, import.meta.url).href);
