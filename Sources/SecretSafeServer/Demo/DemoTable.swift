/// The demo organization as it is read: one object a line, `|` between the columns, `-` for nothing.
enum DemoTable {
  /// external id
  static let collections = """
    infra/production
    infra/staging
    infra/network
    engineering/ci
    engineering/source
    design/assets
    sales/crm
    marketing/social
    finance/banking
    finance/payroll
    support/helpdesk
    people/benefits
    """

  /// name | external id | collections with their access
  static let groups = """
    Engineering | cn=engineering | infra/staging edit, engineering/ci edit, engineering/source manage, infra/production viewHidden
    Design      | cn=design      | design/assets manage, marketing/social view
    Sales       | cn=sales       | sales/crm edit, marketing/social view
    Marketing   | cn=marketing   | marketing/social manage, design/assets view, sales/crm view
    Finance     | cn=finance     | finance/banking manage, finance/payroll editHidden
    Operations  | cn=operations  | infra/production manage, infra/staging manage, infra/network manage, support/helpdesk view
    Support     | cn=support     | support/helpdesk edit, sales/crm viewHidden
    People      | -              | people/benefits manage, finance/payroll manage
    """

  /// address (at acme.com unless it has a domain) | name | status (a revoked one's from before after `<`) | type (a custom one's
  /// permissions after `:`) | two-step login, account recovery, single sign-on | groups | external id | collections of their own
  static let members = """
    alice            | Alice Hart       | confirmed | owner  | 2fa recovery sso | Operations, People      | hr-1001 | infra/production manage
    bob              | Bob Lindqvist    | confirmed | admin  | 2fa recovery sso | Operations              | hr-1002 | infra/network manage
    carmen           | Carmen Diaz      | confirmed | owner  | 2fa recovery     | Finance                 | hr-1003 | finance/banking manage
    dmitri           | Dmitri Sokolov   | confirmed | admin  | 2fa recovery sso | Engineering, Operations | hr-1004 | -
    elena            | Elena Petrova    | confirmed | custom: manageUsers manageGroups manageResetPassword | 2fa recovery sso | People | hr-1005 | -
    farid            | Farid Haddad     | confirmed | custom: accessEventLogs accessReports | 2fa | Operations | hr-1006 | -
    grace            | Grace Okoye      | confirmed | admin  | 2fa sso          | Support                 | hr-1007 | -
    hugo             | Hugo Martin      | confirmed | user   | 2fa recovery sso | Engineering             | hr-1008 | -
    ines.okafor      | Ines Okafor      | confirmed | user   | 2fa recovery sso | Engineering             | hr-1009 | infra/production edit
    jonas            | Jonas Weber      | confirmed | user   | 2fa sso          | Engineering             | hr-1010 | -
    keiko            | Keiko Tanaka     | confirmed | user   | 2fa recovery sso | Engineering, Design     | hr-1011 | -
    liam             | Liam Byrne       | confirmed | user   | -                | Engineering             | hr-1012 | -
    mei.chen         | Mei Chen         | confirmed | user   | 2fa sso          | Engineering             | hr-1013 | engineering/ci manage
    nadia            | Nadia Rahman     | confirmed | user   | 2fa recovery sso | Engineering             | hr-1014 | -
    oskar            | Oskar Nowak      | confirmed | user   | -                | Engineering             | hr-1015 | -
    priya            | Priya Nair       | confirmed | user   | 2fa sso          | Engineering, Operations | hr-1016 | infra/staging manage
    quentin          | Quentin Roy      | confirmed | user   | 2fa              | Engineering             | hr-1017 | -
    rosa             | Rosa Almeida     | confirmed | user   | 2fa recovery sso | Design                  | hr-1018 | design/assets manage
    sven             | Sven Eriksen     | confirmed | user   | -                | Design                  | hr-1019 | -
    tara             | Tara Singh       | confirmed | user   | 2fa sso          | Design, Marketing       | hr-1020 | -
    umberto          | Umberto Conti    | confirmed | user   | 2fa              | Sales                   | hr-1021 | -
    vera             | Vera Novak       | confirmed | custom: accessReports createNewCollections | 2fa sso | Sales | hr-1022 | sales/crm manage
    will             | Will Carter      | confirmed | user   | -                | Sales                   | hr-1023 | -
    xenia            | Xenia Pappas     | confirmed | user   | 2fa sso          | Sales                   | hr-1024 | -
    yusuf            | Yusuf Demir      | confirmed | user   | 2fa recovery     | Sales, Marketing        | hr-1025 | -
    zoe              | Zoe Dubois       | confirmed | user   | 2fa sso          | Sales                   | hr-1026 | -
    adam.kowalski    | Adam Kowalski    | confirmed | user   | -                | Marketing               | hr-1027 | marketing/social editHidden
    bianca           | Bianca Russo     | confirmed | user   | 2fa sso          | Marketing               | hr-1028 | -
    cyrus            | Cyrus Amini      | confirmed | user   | 2fa recovery sso | Finance                 | hr-1029 | finance/payroll view
    dana             | Dana Levy        | confirmed | user   | 2fa sso          | Finance                 | hr-1030 | -
    emil             | Emil Hansen      | confirmed | user   | 2fa              | Finance, People         | hr-1031 | finance/payroll editHidden
    fatima           | Fatima Zahra     | confirmed | user   | 2fa recovery sso | Operations              | hr-1032 | -
    george           | George Mbeki     | confirmed | user   | -                | Support                 | hr-1033 | -
    hana             | Hana Kim         | confirmed | user   | 2fa sso          | Support                 | hr-1034 | support/helpdesk manage
    ivan             | Ivan Horvat      | confirmed | user   | 2fa              | Support                 | hr-1035 | -
    julia            | Julia Santos     | confirmed | user   | -                | Support, Sales          | hr-1036 | -
    karim            | Karim Benali     | confirmed | user   | 2fa sso          | Support                 | hr-1037 | -
    lucy             | Lucy Adams       | confirmed | user   | 2fa recovery sso | People                  | hr-1038 | people/benefits manage
    backup           | -                | confirmed | user   | 2fa              | Operations              | -       | infra/production viewHidden, infra/network view
    mona@lumen-studio.example      | Mona Fischer   | confirmed | user | 2fa | Design      | -          | design/assets edit
    theo@lumen-studio.example      | Theo Marchetti | confirmed | user | -   | Design      | -          | design/assets view
    audit@harbor-partners.example  | Ruth Bergman   | confirmed | custom: accessEventLogs | 2fa | -  | vendor-17  | finance/banking viewHidden
    marco            | Marco Bianchi    | accepted  | user   | 2fa sso          | Engineering             | hr-1039 | -
    noor             | Noor Haddad      | accepted  | user   | -                | Sales                   | hr-1040 | -
    olga             | Olga Ivanova     | accepted  | admin  | 2fa              | Marketing               | hr-1041 | -
    pavel            | Pavel Dvorak     | accepted  | user   | -                | Engineering             | hr-1042 | -
    sam@northgate-it.example       | Sam Reyes      | accepted  | user | -   | Operations  | vendor-21  | infra/network viewHidden
    rachel           | -                | invited   | user   | -                | Engineering             | hr-1043 | -
    stefan           | -                | invited   | user   | -                | Engineering             | hr-1044 | -
    tomas            | -                | invited   | user   | -                | Sales                   | hr-1045 | -
    ulla             | -                | invited   | owner  | -                | Finance                 | hr-1046 | -
    viktor           | -                | invited   | user   | -                | Support                 | -       | -
    kit@lumen-studio.example       | -              | invited   | user | -   | Design      | -          | design/assets view
    wanda            | -                | staged    | user   | -                | Engineering             | hr-1047 | -
    xavier           | -                | staged    | user   | -                | Marketing               | hr-1048 | -
    yara             | -                | staged    | user   | -                | -                       | hr-1049 | -
    peter.olsen      | Peter Olsen      | revoked < confirmed | user   | 2fa | Engineering, Operations | hr-0917 | infra/production edit
    martha           | Martha Quinn     | revoked < confirmed | admin  | -   | Sales                   | hr-0923 | -
    neil             | Neil Abbott      | revoked < accepted  | user   | -   | Support                 | hr-0931 | -
    otto             | -                | revoked < invited   | user   | -   | -                       | -       | -
    """
}
