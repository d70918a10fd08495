export function Pane() {
  return null;
}
