import type { MiddlewareObj } from '@middy/core';
import type { Answer } from '../platform/answer.ts';
import { isSslCheck, parseSlackClick, parseSlackCommand, readForm } from '../requests/slack-request.ts';
import { adds } from './adds.ts';
import type { HttpEvent } from './router.ts';

/** Answers Slack's check of the certificate, which is no command and no click. */
export function sslCheck(): MiddlewareObj<HttpEvent> {
  return {
    // what a middleware returns ends the chain
    before: ({ event }): Answer | undefined => {
      const form = readForm(event);
      return form !== undefined && isSslCheck(form) ? { status: 200, body: {} } : undefined;
    },
  };
}

/** The slash command; nothing where the request cannot be understood. */
export function slackCommand() {
  return adds('command', (event: HttpEvent) => {
    const form = readForm(event);
    return form && parseSlackCommand(form);
  });
}

/** The click on a button; nothing where the request cannot be understood. */
export function slackClick() {
  return adds('click', (event: HttpEvent) => {
    const form = readForm(event);
    return form && parseSlackClick(form);
  });
}
