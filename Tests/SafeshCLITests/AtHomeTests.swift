import Foundation
import Testing

/// Scripts as administrators publish them for this API, run with nothing changed but host and credentials (`api.md` 2.8): a test for each line.
struct AtHomeTests {
  /// A server with a member `kim@example.net` (external id hr-1), and the shell's variables for it.
  final class Site {
    let server: ServerProcess
    private let environment: [String: String]

    init() throws {
      let data = try temporaryFolder().appendingPathComponent("org.db")
      let made = try Command.run(
        ["org", "create", "--data", data.path, "--name", "Acme", "--owner", "owner@example.net", "-o", "json"],
        environment: ["SAFESH_OWNER_PASSWORD": "correct horse battery"])
      let key = try JSONDecoder().decode([String: String].self, from: Data(made.output.utf8))
      server = try ServerProcess(data: data)
      environment = ["HOST": server.url, "ID": key["client_id"] ?? "", "SECRET": key["client_secret"] ?? ""]
      let invited = try run(#"\#(Self.signIn); curl -s "$HOST/api/public/members" -H "$AUTH" -H "$JSON" -d '{"email":"kim@example.net","type":2,"externalId":"hr-1"}'"#)
      #expect(invited.contains("kim@example.net"))
    }

    deinit { server.stop() }

    /// How most of them get their token.
    static let signIn = """
      TOKEN=$(curl -s -d "grant_type=client_credentials&scope=api.organization&client_id=$ID&client_secret=$SECRET" "$HOST/identity/connect/token" | cut -d '"' -f4)
      AUTH="Authorization: Bearer $TOKEN"; JSON="Content-Type: application/json"
      """

    func run(_ script: String) throws -> String {
      let result = try Command.run(["-c", script], environment: environment, executable: "/bin/sh")
      #expect(result.status == 0, "\(result.messages)")
      return result.output
    }

    func python(_ script: String) throws -> String {
      let result = try Command.run(["-c", script], environment: environment, executable: "python3")
      #expect(result.status == 0, "\(result.messages)")
      return result.output
    }
  }

  @Test func pathsMayEndInASlashAndRepeatSlashes() throws {
    let site = try Site()
    let output = try site.run(
      #"""
      TOKEN=$(curl -s "$HOST//identity/connect/token" -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET" | jq -r .access_token)
      curl -s -o /dev/null -w '%{http_code} ' "$HOST/api/public/members/" -H "Authorization: Bearer $TOKEN"
      curl -s -o /dev/null -w '%{http_code} ' "$HOST/api//public///members" -H "Authorization: Bearer $TOKEN"
      curl -s "$HOST/api/public/groups/" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"name":"Slashed"}' | jq -r .name
      """#)
    #expect(output == "200 200 Slashed\n")
  }

  @Test func theTokenIsFoundByItsPlace() throws {
    let site = try Site()
    let output = try site.run(
      #"""
      ANSWER=$(curl -s "$HOST/identity/connect/token" -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET")
      echo "$ANSWER" | jq -c keys_unsorted
      A=$(echo "$ANSWER" | cut -d '"' -f4)
      B=$(echo "$ANSWER" | sed 's/^.\{17\}//; s/.\{67\}$//')
      C=$(echo "$ANSWER" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
      [ "${#A}" -gt 20 ] && [ "$A" = "$C" ] && echo same
      curl -s -o /dev/null -w '%{http_code}' "$HOST/api/public/members" -H "Authorization: Bearer $A"
      echo "$ANSWER" | sed "s/$A/TOKEN/"
      """#)
    #expect(
      output == """
        ["access_token","expires_in","token_type","scope"]
        same
        200{"access_token":"TOKEN","expires_in":3600,"token_type":"Bearer","scope":"api.organization"}

        """)
  }

  @Test func aTokenRequestWithoutAScopeGetsEverything() throws {
    let site = try Site()
    let output = try site.run(
      #"""
      curl -s "$HOST/identity/connect/token" -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET" | jq -r .scope
      curl -s "$HOST/identity/connect/token" -d "grant_type=client_credentials&scope=&client_id=$ID&client_secret=$SECRET" | jq -r .scope
      """#)
    #expect(output == "api.organization\napi.organization\n")
  }

  @Test func membersStandInTheOrderThatScriptsCount() throws {
    let site = try Site()
    // Drops the first seven members by line number and puts the rest back, with the external id changed by sed.
    let output = try site.run(
      #"""
      \#(Site.signIn)
      KIM=$(curl -s "$HOST/api/public/members" -H "$AUTH" | jq -r '.data[] | select(.email == "kim@example.net") | .id')
      curl -s "$HOST/api/public/members/$KIM" -H "$AUTH" | jq . | sed '2,8d' | sed 's/"externalId": "hr-1"/"externalId": "hr-2"/' >"/tmp/safesh-body.$$"
      head -n 3 "/tmp/safesh-body.$$" | tr -d ' \n'
      curl -s -X PUT "$HOST/api/public/members/$KIM" -H "$AUTH" -H "$JSON" -d @"/tmp/safesh-body.$$" | jq -r .externalId
      rm "/tmp/safesh-body.$$"
      """#)
    #expect(output == #"{"type":2,"externalId":"hr-2",hr-2"# + "\n")
  }

  @Test func aWholeObjectIsPutBackWithWhatIsReadOnlyOrGone() throws {
    let site = try Site()
    let output = try site.run(
      #"""
      \#(Site.signIn)
      KIM=$(curl -s "$HOST/api/public/members" -H "$AUTH" | jq -r '.data[] | select(.email == "kim@example.net") | .id')
      BODY=$(curl -s "$HOST/api/public/members/$KIM" -H "$AUTH" | jq -c '. + {accessAll: true, colections: [1], status: "2"}')
      curl -s -X PUT "$HOST/api/public/members/$KIM" -H "$AUTH" -H "$JSON" -d "$BODY" | jq -c '[.email, .status, .externalId]'
      """#)
    #expect(output == #"["kim@example.net",0,"hr-1"]"# + "\n")
  }

  @Test func contentTypesWithoutABodyAreTaken() throws {
    let site = try Site()
    let output = try site.run(
      #"""
      \#(Site.signIn)
      KIM=$(curl -s "$HOST/api/public/members" -H "$AUTH" -H "$JSON" | jq -r '.data[] | select(.email == "kim@example.net") | .id')
      curl -s -o /dev/null -w '%{http_code} ' -X POST "$HOST/api/public/members/$KIM/reinvite" -H "$AUTH" -H "$JSON"
      curl -s -o /dev/null -w '%{http_code} ' -X POST "$HOST/api/public/members/$KIM/revoke" -H "$AUTH" -H "$JSON" -d ''
      curl -s -o /dev/null -w '%{http_code} ' -X POST "$HOST/api/public/members/$KIM/restore" -H "$AUTH" -H 'Content-Length: 0'
      curl -s -o /dev/null -w '%{http_code}' -X DELETE "$HOST/api/public/members/$KIM" -H "$AUTH" -H 'Content-Length: 0'
      """#)
    #expect(output == "200 200 200 200")
  }

  /// As a log collector in Python writes them: a space for the `T`, an offset, microseconds.
  @Test func timesAreTakenAsPythonWritesThem() throws {
    let site = try Site()
    let output = try site.python(
      #"""
      import datetime, json, os, urllib.parse, urllib.request
      host, utc = os.environ["HOST"], datetime.timezone.utc
      form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "api.organization", "client_id": os.environ["ID"], "client_secret": os.environ["SECRET"]})
      token = json.load(urllib.request.urlopen(host + "/identity/connect/token", form.encode()))["access_token"]
      def events(**query):
          request = urllib.request.Request(host + "/api/public/events?" + urllib.parse.urlencode(query), headers={"Authorization": "Bearer " + token})
          return json.load(urllib.request.urlopen(request))
      now = datetime.datetime.now(utc)
      page = events(start=now - datetime.timedelta(days=1), end=now + datetime.timedelta(minutes=1, microseconds=1))
      print([event["type"] for event in page["data"]], page["continuationToken"])
      print(events(start="2026-11-20 15:49:02.686566+00:00", end="2026-11-20 15:49:03.686566+00:00"))
      """#)
    #expect(output == "[1500] None\n{'object': 'list', 'data': [], 'continuationToken': None}\n")
  }

  /// A client that sends its credentials as HTTP Basic, and one that sends every field of Vaultwarden's.
  @Test func bothFormsOfCredentialsAreTaken() throws {
    let site = try Site()
    let output = try site.run(
      #"""
      curl -s -u "$ID:$SECRET" "$HOST/identity/connect/token" -d grant_type=client_credentials | jq -r .token_type
      curl -s "$HOST/identity/connect/token" --data-urlencode "client_id=$(echo "$ID" | sed 's,[.].*,\U&,')" -d "client_secret=$SECRET&grant_type=client_credentials&scope=api.organization&deviceType=21&deviceIdentifier=x&deviceName=y&device_name=z" | jq -r .token_type
      """#)
    #expect(output == "Bearer\nBearer\n")
  }
}
