// pino documents its browser build (docs/browser.md), and has types for its main module only.
declare module 'pino/browser.js' {
  export { pino as default } from 'pino';
}
