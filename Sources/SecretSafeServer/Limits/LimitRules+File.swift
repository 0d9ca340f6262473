import FoundationEssentials
public import SecretSafeAPI

extension LimitRules {
  /// `none`, `cloud`, or the path of a file that holds rules as JSON.
  public init(named name: String) throws(MalformedOption) {
    switch name {
    case "none": self = .none
    case "cloud": self = .cloud
    default:
      guard let data = FileManager.default.contents(atPath: name) else {
        throw MalformedOption("'\(name)' is neither none nor cloud, and no file that can be read")
      }
      do { try self.init(json: Array(data)) } catch { throw MalformedOption("\(name): \(error.description)") }
    }
  }
}
