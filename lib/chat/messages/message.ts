import type { Words } from '../../core/words.ts';
import type { Action } from '../action.ts';

/** How a message is meant. Platforms show it by a colour. */
export type Tone = 'info' | 'success' | 'warning' | 'error';

export interface Button {
  readonly label: string;
  readonly style: 'plain' | 'danger';
  readonly action: Action;
}

export type Item =
  /** The lines of one paragraph, with at most one button beside them. */
  | { readonly type: 'text'; readonly lines: readonly Words[]; readonly button?: Button | undefined }
  | { readonly type: 'buttons'; readonly buttons: readonly Button[] }
  /** Small print. */
  | { readonly type: 'note'; readonly lines: readonly Words[] };

/** A message in words, in the form of no platform yet. */
export interface Message {
  readonly tone: Tone;
  /** Our own words only, never a value from elsewhere. */
  readonly title: string;
  readonly items: readonly Item[];
}

export function text(...lines: readonly Words[]): Item {
  return { type: 'text', lines };
}

export function note(...lines: readonly Words[]): Item {
  return { type: 'note', lines };
}

export function buttons(...list: readonly Button[]): Item {
  return { type: 'buttons', buttons: list };
}
