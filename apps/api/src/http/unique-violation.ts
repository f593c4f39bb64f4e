export { uniqueOr422 } from '#persistence/unique-violation.js';
