import { jsonAnswer, type Outcome, Refusal } from './answers.ts';
import { hasExactly, type Incoming, parseJson } from './requests.ts';
import { findShare, parameterError, parseQueryOf, type Target } from './sfs-turbo-form.ts';
import type { Share } from './shares.ts';

const MAX_KEYS = 20;
const MAX_VALUES = 20;
const MAX_KEY_CHARS = 128;
const MAX_VALUE_CHARS = 255;
/** not documented for this service; what the same call of others has, as largest and as default */
const MAX_LIMIT = 1000;

interface TagFilter {
  readonly key: string;
  /** empty: any */
  readonly values: readonly string[];
}

interface Question {
  readonly action: 'filter' | 'count';
  readonly limit: number;
  readonly offset: number;
  readonly withoutAnyTag: boolean;
  readonly tags: readonly TagFilter[];
  /** of a name; it ends with `*` where only the beginning counts */
  readonly names: readonly string[];
}

/**
 * The shares of a project that have all of these keys, each with one of its values. No condition means every share.
 *
 * @see {@link https://support.huaweicloud.com/api-sfsturbo/ListSharesByTag.html}
 */
export function listSharesByTag({ shares }: Target, request: Incoming): Outcome {
  parseQueryOf(request, []);
  const question = parseQuestion(parseJson(request.record.body));
  const found = [...shares.all.values()].filter((share) => matches(share, question));
  if (question.action === 'count') return { answer: jsonAnswer(200, { total_count: found.length }) };
  const page = found.slice(question.offset, question.offset + question.limit);
  return { answer: jsonAnswer(200, { resources: page.map(resourceOf), total_count: found.length }) };
}

/** @see {@link https://support.huaweicloud.com/api-sfsturbo/ShowSharedTags.html} */
export function showSharedTags(target: Target, request: Incoming): Outcome {
  parseQueryOf(request, []);
  return { answer: jsonAnswer(200, { tags: findShare(target).tags }) };
}

function matches(share: Share, { names, tags, withoutAnyTag }: Question): boolean {
  const isNamed = names.every((name) =>
    name.endsWith('*') ? share.name.startsWith(name.slice(0, -1)) : share.name === name,
  );
  if (withoutAnyTag) return isNamed && share.tags.length === 0;
  const has = ({ key, values }: TagFilter) =>
    share.tags.some((tag) => tag.key === key && (values.length === 0 || values.includes(tag.value)));
  return isNamed && tags.every(has);
}

function resourceOf({ id, name, tags }: Share): unknown {
  return { resource_id: id, resource_name: name, resource_detail: '', tags };
}

/** @throws {Refusal} 400 `SFS.TURBO.0001` with the name of the field */
function parseQuestion(body: unknown): Question {
  const optional = ['limit', 'offset', 'without_any_tag', 'tags', 'matches'];
  if (!hasExactly(body, ['action'], optional)) throw new Refusal(parameterError('body'));
  const { action, without_any_tag: withoutAnyTag = false } = body;
  if (action !== 'filter' && action !== 'count') throw new Refusal(parameterError('action'));
  if (typeof withoutAnyTag !== 'boolean') throw new Refusal(parameterError('without_any_tag'));
  return {
    action,
    withoutAnyTag,
    limit: parseNumber(body['limit'] ?? MAX_LIMIT, 'limit', 1, MAX_LIMIT),
    offset: parseNumber(body['offset'] ?? 0, 'offset', 0, Number.MAX_SAFE_INTEGER),
    tags: parseTags(body['tags'] ?? []),
    names: parseMatches(body['matches'] ?? []),
  };
}

/** The table has text, the sample a number. */
function parseNumber(value: unknown, name: string, min: number, max: number): number {
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && /^\d{1,16}$/.test(value));
  const number = isNumeric ? Number(value) : Number.NaN;
  if (!Number.isInteger(number) || number < min || number > max) throw new Refusal(parameterError(name));
  return number;
}

function parseTags(value: unknown): readonly TagFilter[] {
  if (!Array.isArray(value) || value.length > MAX_KEYS || !value.every(isTagFilter)) {
    throw new Refusal(parameterError('tags'));
  }
  if (new Set(value.map(({ key }) => key)).size < value.length) throw new Refusal(parameterError('tags'));
  return value;
}

function isTagFilter(value: unknown): value is TagFilter {
  if (!hasExactly(value, ['key', 'values'])) return false;
  const { key, values } = value;
  const isKey = typeof key === 'string' && key !== '' && key.length <= MAX_KEY_CHARS;
  if (!isKey || !Array.isArray(values) || values.length > MAX_VALUES) return false;
  const areTexts = values.every((text) => typeof text === 'string' && text.length <= MAX_VALUE_CHARS);
  return areTexts && new Set(values).size === values.length;
}

function parseMatches(value: unknown): readonly string[] {
  const isMatch = (match: unknown): match is { readonly value: string } =>
    hasExactly(match, ['key', 'value']) && match['key'] === 'resource_name' && typeof match['value'] === 'string';
  if (!Array.isArray(value) || !value.every(isMatch)) throw new Refusal(parameterError('matches'));
  return value.map((match) => match.value);
}
