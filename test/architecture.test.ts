import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** From the outside in: a module imports only from rows below its own, or from its own row without a circle. */
const LAYERS: readonly (readonly string[])[] = [
  ['handlers/chat.ts', 'handlers/http.ts', 'handlers/timer.ts'],
  ['handlers/middleware/json-body.ts', 'handlers/middleware/metrics.ts', 'handlers/middleware/timer-event.ts'],
  ['handlers/middleware/http-chain.ts'],
  ['handlers/middleware/refusal-log.ts'],
  ['handlers/middleware/answers.ts'],
  [
    'handlers/middleware/apps.ts',
    'handlers/middleware/feishu-request.ts',
    'handlers/middleware/slack-signature.ts',
    'handlers/middleware/webhook-signature.ts',
  ],
  [
    'handlers/middleware/caller-key.ts',
    'handlers/middleware/feishu-decrypt.ts',
    'handlers/middleware/feishu-event.ts',
    'handlers/middleware/secrets.ts',
    'handlers/middleware/slack-request.ts',
  ],
  ['handlers/middleware/refusal-log.ts'],
  ['handlers/middleware/platform.ts'],
  ['lib/chat/feishu/answers.ts', 'lib/chat/slack/answers.ts'],
  ['lib/chat/app.ts'],
  ['lib/app.ts'],
  ['lib/chat/chat.ts', 'lib/chat/feishu/client.ts', 'lib/chat/slack/client.ts'],
  ['lib/chat/feishu/api.ts', 'lib/chat/feishu/messages.ts', 'lib/chat/slack/messages.ts'],
  ['lib/chat/commands/cancel.ts', 'lib/chat/messages/to-message.ts'],
  [
    'lib/chat/commands/in-share.ts',
    'lib/chat/commands/list.ts',
    'lib/chat/commands/preview.ts',
    'lib/chat/commands/question.ts',
    'lib/chat/commands/status.ts',
    'lib/chat/messages/cancelling.ts',
    'lib/chat/messages/failed.ts',
    'lib/chat/messages/help.ts',
    'lib/chat/messages/listed.ts',
    'lib/chat/messages/notices.ts',
    'lib/chat/messages/preview.ts',
  ],
  [
    'lib/chat/commands/attempt.ts',
    'lib/chat/commands/find-task.ts',
    'lib/chat/messages/command-text.ts',
    'lib/chat/messages/message.ts',
    'lib/chat/messages/task-lines.ts',
  ],
  ['lib/chat/commands/context.ts', 'lib/chat/commands/shown-task.ts'],
  [
    'lib/chat/confirmation.ts',
    'lib/chat/listing.ts',
    'lib/chat/post-time.ts',
    'lib/chat/slack/response-url.ts',
    'lib/chat/texts/languages.ts',
  ],
  ['lib/chat/texts/en.ts', 'lib/chat/texts/zh.ts'],
  ['lib/chat/texts/texts.ts', 'lib/chat/view.ts'],
  ['lib/chat/action.ts', 'lib/chat/command.ts', 'lib/chat/person.ts', 'lib/chat/shares.ts', 'lib/chat/texts/words.ts'],
  ['lib/chat/ids.ts', 'lib/chat/nearest.ts'],
  ['lib/sweep.ts'],
  ['lib/delete-due.ts'],
  ['lib/look-again.ts'],
  ['lib/fresh-lists.ts'],
  ['lib/cancel.ts', 'lib/deliveries.ts', 'lib/listing.ts', 'lib/pacer.ts', 'lib/policy.ts'],
  ['lib/selection.ts', 'lib/sweep-order.ts'],
  ['lib/sfs-turbo.ts'],
  ['lib/credentials.ts'],
  ['lib/iam.ts', 'lib/projects.ts'],
  ['lib/token-cache.ts'],
  ['lib/config/read-config.ts'],
  [
    'lib/config/callers.ts',
    'lib/config/chat.ts',
    'lib/config/credentials.ts',
    'lib/config/service.ts',
    'lib/config/sweep.ts',
  ],
  ['lib/config/duration.ts', 'lib/config/forms.ts', 'lib/config/variable.ts'],
  ['lib/outbound.ts'],
  ['lib/retry.ts'],
  ['lib/call.ts'],
  ['lib/log.ts'],
  ['lib/signer.ts'],
  ['lib/transport.ts'],
  ['lib/connector.ts'],
  ['lib/interim.ts'],
  ['lib/world.ts'],
  ['lib/task.ts'],
  ['lib/error-body.ts'],
  ['lib/errors.ts'],
  ['lib/status.ts'],
];

const folders = [
  'handlers',
  'handlers/middleware',
  'lib',
  'lib/chat',
  'lib/chat/commands',
  'lib/chat/feishu',
  'lib/chat/messages',
  'lib/chat/slack',
  'lib/chat/texts',
  'lib/config',
];
const files = folders.flatMap((folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => `${folder}/${entry.name}`),
);

const rank = (file: string) => LAYERS.findIndex((layer) => layer.includes(file));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, target = '']) => target);
}

test('every module has its place', () => {
  expect(files.filter((file) => rank(file) === -1)).toEqual([]);
});

test.each(files)('%s imports only inner modules', (file) => {
  const inner = importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => normalize(join(dirname(file), target)));

  for (const target of inner) expect(rank(target), `${file} -> ${target}`).toBeGreaterThan(rank(file));
});

describe('lib', () => {
  test.each(files.filter((file) => file.startsWith('lib/')))(
    '%s knows no Middy, no platform and no environment',
    (file) => {
      expect(importsOf(file).filter((target) => /middy|aws|serverless|huaweicloud/.test(target))).toEqual([]);
      expect(readFileSync(file, 'utf8')).not.toMatch(/process\.env|getUserData|getRemainingTime/);
    },
  );
});

test('no module keeps state of its own', () => {
  for (const file of files) expect(readFileSync(file, 'utf8'), file).not.toMatch(/^(export )?(let|var) /m);
});
