/** What the control plane says: what stands between backticks is to be typed, and reads so. */
export function Told({ children }: { children: string }) {
  return children.split('`').map((text, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a sentence have no name but their place
    index % 2 ? <code key={index}>{text}</code> : text,
  );
}
