import type { ChatApp } from '../../lib/chat/app.ts';
import type { Apps } from '../platform/apps.ts';
import { verifySlack } from '../requests/slack-signature.ts';
import { session } from './session.ts';

/** Lets in what Slack signed. Who the person is, the body tells. */
export function slackSignature(apps: Apps<ChatApp>, limitMs: number) {
  return session(
    apps,
    (request, { config, runtime }) => {
      verifySlack(request, config.chat.slackSigningSecrets, runtime.now());
      return {};
    },
    limitMs,
  );
}
