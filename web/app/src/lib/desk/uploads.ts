/** Files an agent attaches, from his hand to the hub: part of what he writes once it has them. */

import { Problem } from '$lib/api/problem';
import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { FileShelf } from './files';
import { live } from './live.svelte';
import { upload } from './lookup.svelte';
import { draftOf, type Attachment } from './model';

class Uploads {
  #shelf: FileShelf | null = null;

  /** Begins the working day of whoever is at the desk; nothing of it stays in this browser when he signs out. */
  start(): void {
    const { me, drafts } = live.desk;
    if (this.#shelf || !me.id) return;
    const shelf = new FileShelf(me.id);
    this.#shelf = shelf;
    session.beforeSignOut(() => void shelf.tidy([]));
    void shelf.tidy(Object.values(drafts).flatMap(({ attachments }) => attachments.map(({ id }) => id)));
  }

  attach(conversation: string, files: File[]): void {
    const added = files.map((file): Attachment => {
      const id = crypto.randomUUID();
      this.#shelf?.put(id, file);
      return { id, name: file.name, size: file.size, type: file.type, state: 'uploading', stored: null, problem: null };
    });
    live.write(conversation, { attachments: [...draftOf(live.desk, conversation).attachments, ...added] });
    for (const attachment of added) void this.#bring(conversation, attachment);
  }

  detach(conversation: string, id: string): void {
    this.#shelf?.drop(id);
    live.write(conversation, { attachments: draftOf(live.desk, conversation).attachments.filter((one) => one.id !== id) });
  }

  /** Tries again what did not get through, in this page or before it was loaded anew. What the hub refused it refuses again. */
  again(): void {
    for (const [conversation, { attachments }] of Object.entries(live.desk.drafts)) {
      for (const one of attachments) if (one.state === 'failed' && one.problem === null) void this.#bring(conversation, one);
    }
  }

  async #bring(conversation: string, { id, name }: Attachment): Promise<void> {
    const turn = (change: Partial<Attachment>) => live.attach(conversation, id, change);
    turn({ state: 'uploading' });
    const file = await this.#shelf?.get(id);
    if (!file) return turn({ state: 'failed', problem: m.desk_file_lost() });
    try {
      const stored = await upload(file);
      turn({ state: 'ready', stored: stored.name, type: stored.type, size: stored.size });
    } catch (thrown) {
      const problem = Problem.of(thrown);
      // Without a line it is tried again.
      if (problem.status === 0) return turn({ state: 'failed' });
      turn({ state: 'failed', problem: problem.message });
      // Where it was attached it stands beside the file.
      if (live.desk.selected !== conversation) toasts.bad(m.desk_upload_failed({ name, reason: problem.message }));
    }
    this.#shelf?.drop(id);
  }
}

export const uploads = new Uploads();
