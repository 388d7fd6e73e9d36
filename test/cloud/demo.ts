import { demo } from './demonstration.ts';
import { runCommand } from './lifetime.ts';

/** What a shell says of a command that Ctrl-C ended. */
const ENDED_BY_INTERRUPT = 130;

// npm run demo
runCommand(demo, ENDED_BY_INTERRUPT);
