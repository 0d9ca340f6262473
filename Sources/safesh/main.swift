import CStaticStart
import SafeshCLI

// Not `CommandLine.arguments`: a static program reads those from /proc, and has none where there is no /proc.
var arguments: [String] = []
var next = static_start_arguments()
while let start = next?.pointee {
  arguments.append(String(cString: start))
  next = next?.successor()
}
EntryPoint.main(Array(arguments.dropFirst()))
