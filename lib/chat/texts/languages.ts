import type { Language } from '../../config/language.ts';
import { EN } from './en.ts';
import type { Texts } from './texts.ts';
import { ZH } from './zh.ts';

export const TEXTS_BY_LANGUAGE: Readonly<Record<Language, Texts>> = { en: EN, zh: ZH };
