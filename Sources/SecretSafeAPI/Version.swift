/// The version of safesh: of the command, its server and its client alike.
public enum Version {
  public static let current = "0.1.0"
}
