import "./requireSdk";

export * from "../../components";
