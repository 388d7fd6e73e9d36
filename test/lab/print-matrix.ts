import { say } from '../cloud/print.ts';
import { runMatrix, toMarkdown } from './matrix.ts';

/** `npm run lab`: the fault laboratory's table, as docs/reliability.md shows it. */
runMatrix().then((results) => say(toMarkdown(results)));
