import { say, type Words } from '../../core/words.ts';
import { SHORTEST_TASK_PREFIX } from '../command.ts';
import { entryOf, type Person, type Platform } from '../person.ts';
import type { Texts, Title } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { commandText } from './command-text.ts';
import { type Message, note, type Tone, text } from './message.ts';

type NoticeView = ViewOf<
  | 'refused'
  | 'unreadable'
  | 'late'
  | 'unknown_command'
  | 'usage'
  | 'unknown_share'
  | 'several_shares'
  | 'unsupported_share'
  | 'bad_task'
  | 'no_task'
  | 'ambiguous'
  | 'kept'
  | 'foreign'
  | 'not_set_up'
  | 'none_running'
  | 'not_swept'
>;

/** The variable in which the operator lists who may use the chat. */
const ALLOWED_BY_PLATFORM: Readonly<Record<Platform, string>> = { slack: 'SLACK_ALLOWED', feishu: 'FEISHU_ALLOWED' };

/** The views of which all can be said in one sentence. */
export function toNotice(view: NoticeView, texts: Texts): Message {
  const notice = (tone: Tone, title: Title, words: Words): Message => ({
    tone,
    title: texts.titles[title],
    items: [text(words)],
  });
  switch (view.type) {
    case 'refused':
      return notice('error', 'refused', refusedWords(view.person, texts));
    case 'unreadable':
      return notice('error', 'notUnderstood', texts.unreadable);
    case 'late':
      return notice('warning', 'late', texts.late);
    case 'unknown_command':
      return notice('warning', 'notUnderstood', unknownCommandWords(view, texts));
    case 'usage':
      return notice('warning', 'notUnderstood', texts.usageOf(texts.usage[view.command].form));
    case 'unknown_share':
      return notice('warning', 'unknownShare', texts.unknownShare(view.word, view.suggestion));
    case 'several_shares':
      return severalSharesMessage(view, texts);
    case 'unsupported_share':
      return notice('warning', 'unsupportedShare', texts.unsupportedShare(view.share.label));
    case 'bad_task':
      return notice('warning', 'notUnderstood', texts.badTask(SHORTEST_TASK_PREFIX));
    case 'no_task':
      return noTaskMessage(view, texts);
    case 'ambiguous':
      return notice('warning', 'ambiguous', texts.ambiguous(view.word, view.count));
    case 'kept':
      return notice('info', 'kept', texts.kept);
    case 'foreign':
      return notice('error', 'foreign', texts.foreign);
    case 'not_set_up':
      return notice('warning', 'notSetUp', texts.notSetUp[view.what]);
    case 'none_running':
      return noneRunningMessage(view, texts);
    case 'not_swept':
      return notice(
        'warning',
        'notSwept',
        texts.notSwept(view.share.label, view.share.target === undefined ? 'SWEEP_SHARES' : 'sweep.shares'),
      );
    default:
      view satisfies never;
      throw new TypeError('unknown view');
  }
}

// whoever has more targets than that knows them
const MAX_SHARES = 10;

function severalSharesMessage({ word, shares }: ViewOf<'several_shares'>, texts: Texts): Message {
  const others = shares.length - MAX_SHARES;
  const candidates = shares.slice(0, MAX_SHARES).map(({ label }) => text(say`${label}`));
  const more = others > 0 ? [text(texts.previewMore(others))] : [];
  const items = [text(texts.severalShares(word)), ...candidates, ...more];
  return { tone: 'warning', title: texts.titles.severalShares, items };
}

function refusedWords(person: Person, texts: Texts): Words {
  return texts.refused(ALLOWED_BY_PLATFORM[person.platform], entryOf(person));
}

function unknownCommandWords({ word, suggestion }: ViewOf<'unknown_command'>, texts: Texts): Words {
  return texts.unknownCommand(word, suggestion && texts.usage[suggestion].form);
}

function noTaskMessage({ share, word }: ViewOf<'no_task'>, texts: Texts): Message {
  const words = texts.noTask(share.label, word, commandText('list', share));
  return { tone: 'warning', title: texts.titles.noTask, items: [text(words), note(texts.listLag)] };
}

function noneRunningMessage({ share, doubtful }: ViewOf<'none_running'>, texts: Texts): Message {
  const words = [texts.noneRunning(share.label), ...(doubtful > 0 ? [texts.doubtfulRunning(doubtful)] : [])];
  return { tone: 'info', title: texts.titles.noneRunning, items: [text(...words), note(texts.listLag)] };
}
