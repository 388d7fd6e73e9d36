import { randomBytes } from 'node:crypto';
import { startLocalFeishu } from './local-feishu.ts';
import { type LocalChat, startLocalSlack } from './local-slack.ts';
import { type Shown, shownOnly } from './shown.ts';

export const CHATS = ['slack', 'feishu'] as const;
export type ChatName = (typeof CHATS)[number];

/** Both chats on the developer's own machine, as a person sees them. */
export interface LocalChats {
  /** What lets the function `chat` take part. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Writes a command to the bot, or presses a button of what was shown last: `list prod`, `press 2`. Returns what the
   * person then sees.
   */
  readonly type: (chat: ChatName, url: string, text: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function startLocalChats(): Promise<LocalChats> {
  const chats: Record<ChatName, LocalChat> = { slack: await startLocalSlack(), feishu: await startLocalFeishu() };
  const shown: Record<ChatName, Shown> = { slack: shownOnly(''), feishu: shownOnly('') };
  return {
    variables: {
      ...chats.slack.variables,
      ...chats.feishu.variables,
      CONFIRM_SECRET: randomBytes(24).toString('base64'),
    },
    async type(name, url, text) {
      const chat = chats[name];
      const [, number] = /^press\s+(\d+)$/.exec(text.trim()) ?? [];
      if (number === undefined) {
        shown[name] = await chat.write(url, text.trim());
        return shown[name].text;
      }
      const { buttons } = shown[name];
      const button = buttons[Number(number) - 1];
      if (button === undefined) return `There is no button ${number}: the last answer has ${buttons.length || 'none'}.`;
      shown[name] = await chat.press(url, button.value);
      return shown[name].text;
    },
    async stop() {
      await Promise.all(CHATS.map((name) => chats[name].stop()));
    },
  };
}
