fn main() {
    let flag = ruleset.flag("edge/route").unwrap();
    let missing = ruleset.flag("edge/rout");
}
