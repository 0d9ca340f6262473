internal import SafeAutomation
internal import SafeLanguage
internal import Synchronization

/// The files that a script uses, kept as they are read, so that its run can be taken up with the same ones.
final class UsedFiles: Sendable {
  private let kept = Mutex<[SourceFile]>([])

  var files: [RunRecord.File] { kept.withLock { $0.map { RunRecord.File($0) } } }

  var loader: SourceLoader {
    SourceLoader { [self] path, user throws(RunError) in
      let place = InputFiles.place(of: path, from: user)
      let file = SourceFile(name: place, bytes: try InputFiles.read(place))
      kept.withLock { files in if !files.contains(where: { $0.name == place }) { files.append(file) } }
      return file
    }
  }
}
