import SafeshCLI

EntryPoint.main()
