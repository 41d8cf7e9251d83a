/** An event's message, cut where it names a task, a container instance or a target group. */
export interface Part {
  readonly text: string;
  readonly kind: 'words' | 'task' | 'instance' | 'target group';
  readonly name: string;
}

const NAMED = /\((task|container-instance|instance|target-group) ([^\s()]+)\)/g;
const KINDS: Record<string, Part['kind']> = {
  task: 'task',
  'container-instance': 'instance',
  'target-group': 'target group',
};

export function partsOf(message: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const found of message.matchAll(NAMED)) {
    const [whole, word = '', name = ''] = found;
    if (found.index > from) parts.push(words(message.slice(from, found.index)));
    parts.push({ text: whole, kind: KINDS[word] ?? 'words', name });
    from = found.index + whole.length;
  }
  if (from < message.length) parts.push(words(message.slice(from)));
  return parts;
}

function words(text: string): Part {
  return { text, kind: 'words', name: '' };
}
