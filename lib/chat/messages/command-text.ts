import type { ShareName } from '../../targets/share-place.ts';
import type { CommandName } from '../command.ts';

/** A command as a person would type it. */
export function commandText(command: CommandName, share?: ShareName, task?: string): string {
  return ['/du', command, share?.label, task].filter((word) => word !== undefined).join(' ');
}
