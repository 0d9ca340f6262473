enum SafeAutomationPlaceholder {}
