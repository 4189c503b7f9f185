export default function Page() {
  return <p>Signpost in Next</p>
}
