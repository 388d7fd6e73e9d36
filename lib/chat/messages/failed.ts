import type { ErrorCode } from '../../core/status.ts';
import type { Failure, Texts } from '../texts/texts.ts';
import type { Attempted, ViewOf } from '../view.ts';
import { commandText } from './command-text.ts';
import { type Message, note, text } from './message.ts';

export function failedMessage(view: ViewOf<'failed'>, texts: Texts): Message {
  const { attempted, code, errCode, errMsg, requestId } = view;
  const failure = FAILURE_BY_CODE[code];
  const command = commandOf(attempted);
  const words = text(
    texts.failures[failure],
    attempted.type === 'cancel' ? texts.notCancelled : texts.nothingChanged,
    ...(failure === 'refused' && errMsg !== '' ? [texts.serviceSays(errMsg)] : []),
    ...(command === undefined ? [] : [texts.tryAgain(command)]),
  );
  const items = [words, note(texts.code(errCode), texts.requestId(requestId))];
  return { tone: 'error', title: texts.titles.failed, items };
}

/** The command that would repeat the attempt. */
function commandOf(attempted: Attempted): string | undefined {
  switch (attempted.type) {
    case 'list':
      return commandText('list', attempted.share);
    case 'status':
      return commandText('status', attempted.share, attempted.task);
    case 'question':
    case 'cancel':
      return commandText('cancel', attempted.share, attempted.task);
    case 'many_question':
    case 'many':
      return commandText('cancel-all', attempted.share);
    case 'preview':
      return commandText('preview');
    case 'sweep_question':
    case 'sweep':
      return commandText('sweep', attempted.scope);
    case 'other':
      return undefined;
    default:
      attempted satisfies never;
      throw new TypeError('unknown attempt');
  }
}

const FAILURE_BY_CODE: Readonly<Record<ErrorCode, Failure>> = {
  upstream_timeout: 'silent',
  out_of_time: 'silent',
  upstream_unavailable: 'busy',
  upstream_throttled: 'busy',
  iam_rejected: 'credentials',
  upstream_bad_request: 'refused',
  upstream_forbidden: 'refused',
  task_not_found: 'refused',
  upstream_conflict: 'refused',
  upstream_error: 'refused',
  upstream_invalid: 'invalid',
  misconfigured: 'setup',
  feature_invalid: 'bug',
  invalid_input: 'bug',
  unauthenticated: 'bug',
  forbidden: 'bug',
  no_route: 'bug',
  method_not_allowed: 'bug',
  body_too_large: 'bug',
  media_type: 'bug',
  partial: 'bug',
  internal: 'bug',
};
