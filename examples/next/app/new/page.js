export default function Page() {
  return <h1>The new shop</h1>;
}
