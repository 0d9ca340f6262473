enum SafeTerminalPlaceholder {}
