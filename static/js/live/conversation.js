// What both sides of a chat share: log, gate, outbox, scroll, marks, typing and draft, put
// together. The two pages differ in what goes along with a message and in what refusals mean.

import { Gate } from '../gate.js';
import { start } from '../socket.js';
import { Composer } from './composer.js';
import { Draft } from './draft.js';
import { watchHistory } from './history.js';
import { Log } from './log.js';
import { Marks } from './marks.js';
import { Notice, watchConnection } from './notice.js';
import { Outbox } from './outbox.js';
import { Scroll } from './scroll.js';
import { Title } from './title.js';
import { showTyping, tellTyping } from './typing.js';

/**
 * `page`: `{ side, fields(), again?(), refused(item, answer), arrived?(bubbles, envelope),
 * caughtUp?(answer), reloading?(), gone() }`. Returns the parts the page needs.
 */
export function converse(page) {
  const list = document.getElementById('messages');
  const form = document.getElementById('composer');
  const chat = list.dataset.chat;
  const box = document.getElementById('log');
  const log = new Log(list, page.side);
  const notice = new Notice(document.getElementById('notice'));
  const title = new Title();
  let marks = null;
  const scroll = new Scroll(box, document.getElementById('to-end'), () => marks?.tell());
  marks = new Marks(log, scroll, chat);
  const hideTyping = showTyping(document.getElementById('typing'), chat, (change) => scroll.below(change));

  const place = (envelope) => {
    outbox.resolve(envelope.client_id);
    const show = () => {
      const bubbles = log.show(envelope);
      page.arrived?.(bubbles, envelope);
      return bubbles;
    };
    const fresh = scroll.below(show, { count: theirs });
    const news = theirs(fresh);
    if (news) {
      hideTyping();
      title.add(news);
    }
    marks.tell();
  };
  const theirs = (bubbles) => bubbles.filter((one) => one.dataset.sender !== log.own).length;

  const composer = new Composer(form, (content) => {
    stopTyping();
    notice.clear();
    outbox.add(content);
    draft.save();
  });
  const stopTyping = tellTyping(composer.field, chat);
  const draft = new Draft(composer.field, form.dataset.draft);
  const outbox = new Outbox(document.getElementById('pending'), form.action, {
    ...page,
    sent: (envelope) => {
      gate.take(envelope);
      page.sent?.(envelope);
    },
    refused: (item, answer) => {
      const verdict = page.refused(item, answer);
      if (verdict.restore) composer.restore(item.content);
      return verdict;
    },
  });
  const gate = new Gate(list, {
    show: place,
    known: (envelope) => outbox.resolve(envelope.client_id),
    read: (pointers) => log.read(pointers),
    caughtUp: (answer) => page.caughtUp?.(answer),
    reload: async () => {
      await Promise.all([draft.save(), page.reloading?.()]);
      window.location.reload();
    },
    gone: () => page.gone(),
  });

  for (const id of ['pending', 'notice']) {
    // Retry, Remove and Dismiss vanish when pressed: a keyboard's focus goes on to the message.
    document.getElementById(id).addEventListener('click', (event) => {
      if (event.detail === 0 && event.target.closest('button')) composer.field.focus();
    });
  }
  list.closest('[data-live]').addEventListener('fantooo:own', () => scroll.toEnd());
  watchHistory(log, box);
  watchConnection(document.getElementById('connection'));
  start();
  return { chat, composer, draft, gate, log, notice, outbox, scroll };
}
