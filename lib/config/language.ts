import * as v from 'valibot';
import { oneOf, text } from './forms.ts';

const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** `CHAT_LANGUAGE`: of the chat and of reports. */
export const language = v.optional(v.pipe(text, v.toLowerCase(), oneOf(LANGUAGES)), 'en');
