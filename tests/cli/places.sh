# For cases/config.txt: a configuration in every place, whose environment says which it is.
mark() {
        mkdir -p "$(dirname "$2")"
        sed "s/Environment: Prod/Environment: $1/" "$SOURCE/tests/cli/good.yml" >"$2"
}
mark option option.yml
mark env env.yml
mark here config.yml
mark configuration configuration/config.yml
mark xdg xdg/bakery/config.yml
mark home .config/bakery/config.yml

# The lines of bakery-cli itself, and the name of the environment in the template.
place() {
        sed -n -e '/^bakery-cli: /p' -e 's/.*"GroupName": "MyTeam\(.*\)Admin".*/\1/p'
}
